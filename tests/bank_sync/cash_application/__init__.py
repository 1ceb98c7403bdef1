"""Cash application: what each way of paying becomes, and what must never happen."""
