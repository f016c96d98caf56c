"""HTTP sessions for servers on this machine."""

import requests


def loopback_session() -> requests.Session:
    """A session that heeds no proxy of the environment: none knows anything of loopback."""
    session = requests.Session()
    session.trust_env = False
    return session
