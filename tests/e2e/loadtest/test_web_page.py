"""Locust's web page in a real browser: a run begun and ended by its buttons."""

import json
import shutil
import subprocess

import pytest
import requests
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.wait import WebDriverWait

from tests.e2e.loadtest.command import TOP, command, only_folder, without_pythonpath

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1300,900",
)

# The addresses of all that the page has loaded and asked for.
ASKED_FOR = "return performance.getEntriesByType('resource').map(entry => entry.name)"


@pytest.fixture
def browser(tmp_path):
    binary = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if binary is None or driver is None:
        pytest.skip("no Chromium with its chromedriver here: apt-get install chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in (*ARGUMENTS, f"--user-data-dir={tmp_path / 'browser'}"):
        options.add_argument(argument)
    chromium = webdriver.Chrome(options=options, service=Service(driver))
    yield chromium
    chromium.quit()


@pytest.fixture
def page(service_env, free_ports, tmp_path):
    """A run that waits for START; gives its process, its address and where results go."""
    (port,) = free_ports(1)
    results = tmp_path / "results"
    arguments = ("-u", 3, "-r", 3, "-l", 600, "--wait", "--web-port", port)
    process = subprocess.Popen(
        command(results, *arguments),
        cwd=TOP,
        env=without_pythonpath(service_env),
        stdout=subprocess.DEVNULL,
    )
    yield process, f"http://127.0.0.1:{port}", results
    process.kill()
    process.wait()


def button(browser, text):
    """The button of this name, once it can be pressed."""
    # Its text is written in small letters and shown in capitals, or not, as the page likes.
    place = (By.XPATH, f"//button[.='{text}' or .='{text.upper()}']")
    return WebDriverWait(browser, 60).until(expected.element_to_be_clickable(place))


def statistics(address):
    return requests.get(f"{address}/stats/requests", timeout=30).json()


def test_a_run_is_begun_and_ended_by_the_page_s_buttons_and_the_page_asks_nobody_else(
    browser, page
):
    process, address, results = page
    WebDriverWait(browser, 60).until(lambda browser: opens(browser, address))
    assert statistics(address)["state"] == "ready"
    assert browser.find_element(By.NAME, "userCount").get_attribute("value") == "3"

    button(browser, "Start").click()
    row = (By.XPATH, "//td[.='comment']")
    WebDriverWait(browser, 60).until(expected.presence_of_element_located(row))
    WebDriverWait(browser, 60).until(lambda _: statistics(address)["user_count"] == 3)
    asked = browser.execute_script(ASKED_FOR)
    assert asked
    assert [url for url in asked if not url.startswith(address)] == []  # nothing from elsewhere

    button(browser, "Stop").click()
    assert process.wait() == 0
    summary = json.loads((only_folder(results) / "summary.json").read_text())
    assert summary["verdict"]["passed"]
    assert summary["requests"] > 0
    assert summary["seconds"] < 600


def opens(browser, address):
    """Whether the page is up yet."""
    try:
        browser.get(address)
    except WebDriverException:
        return False
    return bool(browser.find_elements(By.NAME, "userCount"))
