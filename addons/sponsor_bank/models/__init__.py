from . import bank_portfolio
from . import bank_sharing_consent
from . import res_company
from . import account_move
from . import account_move_line
