"""The version of this program, as CHANGELOG.md has it first."""

VERSION = "0.1.0"
