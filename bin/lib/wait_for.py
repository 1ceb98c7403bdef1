"""Wait until a web address answers: wait_for.py URL SECONDS PID.

Exit status 0 when it answers with anything below 500, 1 after the time, 2 when the process that
should answer has ended.
"""

import os
import sys
import time
import urllib.error
import urllib.request


def answers(url):
    """Tell whether a GET is answered with a status below 500."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=10):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def main(url, seconds, pid):
    """Poll four times a second; return the exit status."""
    deadline = time.monotonic() + float(seconds)
    while time.monotonic() < deadline:
        if answers(url):
            return 0
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            return 2
        time.sleep(0.25)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
