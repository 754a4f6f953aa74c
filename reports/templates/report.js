// Only adds: a filter of the checks, and a button beside each line to paste. The page is whole without.
"use strict";
for (const lines of document.querySelectorAll("pre.paste")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(lines.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(lines);
      button.textContent = "Selected";
    }
  });
  const around = document.createElement("div");
  around.className = "copy";
  lines.before(around);
  around.append(lines, button);
}
const filter = document.getElementById("filter");
if (filter) {
  const [words, found] = [filter.querySelector("input"), filter.querySelector("output")];
  const rows = [...document.querySelectorAll(".checks tbody tr")];
  words.addEventListener("input", () => {
    const wanted = words.value.toLowerCase().split(/\s+/);
    for (const row of rows) row.hidden = !wanted.every((word) => row.textContent.toLowerCase().includes(word));
    found.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length}`;
  });
  addEventListener("beforeprint", () => { for (const row of rows) row.hidden = false; });
  filter.hidden = false;
}
