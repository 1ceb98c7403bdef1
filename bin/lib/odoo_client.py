"""A person at Odoo's web client: logs in, calls what a button calls, opens what a link opens."""

import itertools
from urllib.parse import urljoin

import requests


class OdooError(Exception):
    """Odoo refused a call; the text is what the person would read."""


class OdooClient:
    """One logged-in session of one person."""

    def __init__(self, url, database, login, password=None):
        """Log in.

        :param password: defaults to the login, as in the demo data
        :raise OdooError: when the login is refused
        """
        self.url = url
        self.login = login
        self._ids = itertools.count(1)
        self.http = requests.Session()
        self.http.trust_env = False
        answer = self._rpc(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": password or login},
        )
        if not answer.get("uid"):
            raise OdooError(f"Odoo does not know the login {login!r} in database {database!r}.")
        self.uid = answer["uid"]
        self.context = {
            **answer["user_context"],
            "allowed_company_ids": [answer["user_companies"]["current_company"]],
        }

    def call(self, model, method, *args, **kwargs):
        """Call a public method as the web client does, and return its result."""
        context = {**self.context, **kwargs.pop("context", {})}
        return self._rpc(
            f"/web/dataset/call_kw/{model}/{method}",
            {
                "model": model,
                "method": method,
                "args": args,
                "kwargs": {**kwargs, "context": context},
            },
        )

    def search_read(self, model, domain, fields, **kwargs):
        """Return the records of ``domain`` as dicts."""
        return self.call(model, "search_read", domain, fields, **kwargs)

    def count(self, model, domain):
        """Return how many records of ``domain`` this person sees."""
        return self.call(model, "search_count", domain)

    def get(self, url):
        """Open a page as this person and return the final answer."""
        return self.http.get(urljoin(self.url, url), timeout=120)

    def _rpc(self, path, params):
        body = {"jsonrpc": "2.0", "method": "call", "id": next(self._ids), "params": params}
        answer = self.http.post(urljoin(self.url, path), json=body, timeout=600)
        answer.raise_for_status()
        content = answer.json()
        if "error" in content:
            data = content["error"].get("data", {})
            raise OdooError(data.get("message") or content["error"].get("message"))
        return content["result"]
