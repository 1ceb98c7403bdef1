from . import collection_case_hold
from . import collection_run_preview
from . import collection_run_preview_line
