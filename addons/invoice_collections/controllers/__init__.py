from . import debtor_page
