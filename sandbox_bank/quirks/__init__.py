"""How real banks depart from the book of rules, switchable for each account.

`catalogue` names the quirks and their options; `books` are those that change what the bank's books
say, `wire` those that only change what is told about them.
"""

from .catalogue import QUIRKS, of_account, replace_all
