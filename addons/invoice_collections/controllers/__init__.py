from . import debtor_details
from . import debtor_page
from . import debtor_payment
from . import debtor_receipt
from . import debtor_request
from . import opt_out
from . import portal
from . import gateway
