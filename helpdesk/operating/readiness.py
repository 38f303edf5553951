"""Whether this process can do its work now: asked by a proxy or a watchdog again and again, answered with yes or no."""

import shutil

from flask import Flask

from helpdesk import serving
from helpdesk.config import Config
from helpdesk.operating.disk import LEAST_BYTES


def is_ready(app: Flask) -> bool:
    """The database answers and is at this version, no restore is under way, and the disk can be written."""
    config: Config = app.config["HELPDESK"]
    try:
        return (
            not (config.instance / serving.RESTORING).exists()
            and serving.present_version() == serving.head(app)
            and shutil.disk_usage(config.instance).free >= LEAST_BYTES
        )
    except Exception:  # whatever it is: this process is of no use now
        app.logger.warning("not ready", exc_info=True)
        return False
