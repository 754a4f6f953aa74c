// Verifies a Sigstore bundle with Sigstore's own library, by a key that is given: BUNDLE KEY [MESSAGE [TSA-CHAIN]]
const { createPublicKey } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { bundleFromJSON } = require("@sigstore/bundle");
const { X509Certificate } = require("@sigstore/core");
const { Verifier, toSignedEntity } = require("@sigstore/verify");

const [file, key, message, chain] = process.argv.slice(2);
const bundle = bundleFromJSON(JSON.parse(readFileSync(file)));
const always = { start: new Date(0), end: new Date(8640000000000000) };
const pems = chain ? readFileSync(chain, "utf8").match(/-----BEGIN[^]+?END CERTIFICATE-----/g) : [];
const trusted = {
  certificateAuthorities: [],
  timestampAuthorities: chain ? [{ certChain: pems.map((pem) => X509Certificate.parse(pem)), validFor: always }] : [],
  tlogs: [],
  ctlogs: [],
  publicKey: () => ({ publicKey: createPublicKey(readFileSync(key)), validFor: () => true }),
};
const asked = { tlogThreshold: 0, ctlogThreshold: 0, tsaThreshold: chain ? 1 : 0 };
const artifact = message && message !== "-" ? readFileSync(message) : undefined;
new Verifier(trusted, asked).verify(toSignedEntity(bundle, artifact));
console.log("verified");
