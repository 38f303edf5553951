"""Several people who do something at the same moment."""

import threading
from collections.abc import Callable

from flask import Flask

from helpdesk.database import intend_to_write
from helpdesk.extensions import db


def at_once(app: Flask, *works: Callable[[], object]) -> list[BaseException]:
    """Does each work in a thread and a context of its own, all beginning together; what they raised."""
    together, faults = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        with app.app_context():
            try:
                together.wait()
                intend_to_write()
                work()
                db.session.commit()
            except BaseException as fault:
                db.session.rollback()
                faults.append(fault)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults
