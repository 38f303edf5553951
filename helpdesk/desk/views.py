"""The blueprint of the desk. Its doors stand in the folders beside, one for each thing that agents work on."""

from flask import Blueprint

bp = Blueprint("desk", __name__, url_prefix="/desk")
