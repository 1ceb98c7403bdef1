from . import test_bank_sharing_consent
from . import test_bridge
from . import test_portal
from . import test_translations
