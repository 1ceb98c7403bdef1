from . import test_public_page
from . import test_reminders
