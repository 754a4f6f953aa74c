from sandbox.engine.state import Stack


def stack() -> Stack:
    return Stack("111122223333", "us-east-1", "one", status="CREATE_IN_PROGRESS")


def test_a_reader_sees_the_world_as_it_was() -> None:
    one = stack()
    one.told("CREATE_COMPLETE")
    assert one.seen(0).status == "CREATE_COMPLETE"
    assert one.seen(60).status == "CREATE_IN_PROGRESS"
    assert [event.status for event in one.events()] == ["CREATE_COMPLETE"]
    assert one.events(60) == []


def test_states_nobody_can_see_are_forgotten() -> None:
    one = stack()
    for _ in range(5):
        one.change(status="UPDATE_IN_PROGRESS")
    one.forget(0)
    assert one.seen(60).status == "UPDATE_IN_PROGRESS"
    one.forget(60)
    assert one.state.status == "UPDATE_IN_PROGRESS"


def test_a_nested_stack_knows_its_root() -> None:
    root = stack()
    child = Stack("111122223333", "us-east-1", "child", status="CREATE_IN_PROGRESS", parent=root)
    grandchild = Stack("111122223333", "us-east-1", "grandchild", status="CREATE_IN_PROGRESS", parent=child)
    assert (child.root, grandchild.root, root.root) == (root, root, None)
