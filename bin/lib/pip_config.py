"""Print, as shell assignments, what pip is configured with in the words uv understands.

Companies and clouds configure their package mirror for pip (``pip.conf`` or ``PIP_*``); uv does
not read that. Only an index that pip uses *instead of* the public one is handed on: every package
is hash-locked, so an additional index could only add places to look in.
"""

import configparser
import os
import pathlib
import shlex
import sys


def config_files():
    """Return pip's configuration files, the strongest last, as pip itself orders them."""
    home = pathlib.Path.home()
    base = os.environ.get("XDG_CONFIG_HOME") or home / ".config"
    files = [
        pathlib.Path("/etc/xdg/pip/pip.conf"),
        pathlib.Path("/etc/pip.conf"),
        home / ".pip" / "pip.conf",
        pathlib.Path(base) / "pip" / "pip.conf",
        pathlib.Path(sys.prefix) / "pip.conf",
    ]
    if os.environ.get("PIP_CONFIG_FILE"):
        files.append(pathlib.Path(os.environ["PIP_CONFIG_FILE"]))
    return files


def read_settings(files, environ):
    """Return pip's settings as a dict; environment variables win over files.

    >>> read_settings([], {"PIP_INDEX_URL": "https://mirror.example/simple"})
    {'index-url': 'https://mirror.example/simple'}
    """
    settings = {}
    for path in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (OSError, configparser.Error):
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                settings.update(parser.items(section))
    for name, value in environ.items():
        if name.startswith("PIP_"):
            settings[name[4:].lower().replace("_", "-")] = value
    return settings


def uv_environment(settings, environ):
    """Return the variables uv needs; what the user already told uv is left alone.

    >>> uv_environment({"index-url": "https://mirror.example/simple", "cert": "/c.pem"}, {})
    {'UV_DEFAULT_INDEX': 'https://mirror.example/simple', 'SSL_CERT_FILE': '/c.pem'}
    >>> uv_environment({"cert": "/c.pem"}, {"SSL_CERT_FILE": "/mine.pem"})
    {}
    """
    pairs = {
        "UV_DEFAULT_INDEX": settings.get("index-url"),
        "SSL_CERT_FILE": settings.get("cert"),
        "UV_INSECURE_HOST": settings.get("trusted-host"),
        "UV_HTTP_TIMEOUT": settings.get("timeout") or settings.get("default-timeout"),
    }
    return {name: value for name, value in pairs.items() if value and name not in environ}


if __name__ == "__main__":
    found = uv_environment(read_settings(config_files(), os.environ), os.environ)
    for variable, text in found.items():
        print(f"export {variable}={shlex.quote(text)}")
