"""How the bank says no: one exception with the status, the code and a sentence."""


class Refused(Exception):
    """A request the bank does not carry out.

    :param int status: HTTP status
    :param str code: message code of NextGenPSD2 (``FORMAT_ERROR``, ``CONSENT_INVALID``, …)
    :param str text: one English sentence for the caller
    :param str path: place in the request, as a JSON path or a parameter name
    """

    def __init__(self, status: int, code: str, text: str, path: str = ""):
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.path = path


def format_error(text: str, path: str = "") -> Refused:
    """Return the refusal of a request that cannot be read as the standard demands."""
    return Refused(400, "FORMAT_ERROR", text, path)
