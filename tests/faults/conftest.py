"""The browser of the fault tests is that of the browser tests."""

from tests.browser.conftest import browser_type_launch_args  # noqa: F401  a fixture
