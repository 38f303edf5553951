"""Sockets in their rooms: what python-socketio's own manager does, at a cost that does not grow with the others."""

import random
from typing import Any

from socketio import Manager, Server

from helpdesk.web.rooms import Rooms

SPACE = "/"


class Watched(dict[Any, Any]):
    """The rooms of all sockets; counts how often somebody looks through all of them."""

    looked = 0

    def items(self) -> Any:
        self.looked += 1
        return super().items()

    def copy(self) -> Any:
        self.looked += 1
        return super().copy()


def connected(manager: Manager, sockets: int) -> list[str]:
    Server(client_manager=manager)
    return [manager.connect(f"eio-{place}", SPACE) for place in range(sockets)]


def test_it_does_what_the_library_does() -> None:
    ours, theirs, dice = Rooms(), Manager(), random.Random(3)
    pairs = list(zip(connected(ours, 40), connected(theirs, 40), strict=True))
    for _ in range(400):
        mine, other = dice.choice(pairs)
        room, what = f"room-{dice.randrange(8)}", dice.choice(["enter", "enter", "leave", "close", "end"])
        for manager, sid in ((ours, mine), (theirs, other)):
            if what == "close":
                manager.close_room(room, SPACE)
            elif what == "end":
                manager.disconnect(sid, SPACE)
            elif manager.is_connected(sid, SPACE):
                (manager.enter_room if what == "enter" else manager.leave_room)(sid, SPACE, room)
        assert [sorted(ours.get_rooms(sid, SPACE)[1:]) for sid, _ in pairs] == [
            sorted(theirs.get_rooms(sid, SPACE)[1:]) for _, sid in pairs
        ]
        assert len(ours.rooms.get(SPACE, ())) == len(theirs.rooms.get(SPACE, ()))
    for sid, _ in pairs:
        ours.disconnect(sid, SPACE)
    assert (ours.rooms, ours.callbacks, ours._rooms_of) == ({}, {}, {})


def test_whose_end_was_announced_is_forgotten_too() -> None:
    manager = Rooms()
    (sid,) = connected(manager, 1)
    manager.pre_disconnect(sid, SPACE)
    manager.disconnect(sid, SPACE)
    assert manager.pending_disconnect == {}


def test_nobody_looks_through_all_rooms_when_one_socket_ends() -> None:
    manager = Rooms()
    sids = connected(manager, 50)
    manager.rooms[SPACE] = Watched(manager.rooms[SPACE])
    for sid in sids[:40]:
        manager.disconnect(sid, SPACE)
    assert manager.rooms[SPACE].looked == 0
    assert len(manager.rooms[SPACE][None]) == 10
