"""Cash application: which open items does a bank line pay?

``values`` are the words. A line is read (``reading``: the documents its text quotes, in whatever
form; ``payers``: who may have sent it), drafts are made of it (``named``, ``damaged``,
``unnamed``, ``foreign``, ``repeated``, ``returned``, ``own_runs``, ``transfers``,
``on_account``), each becomes a proposal with reasons (``drafts``) and a chance (``fit``), and
``engine`` assigns a batch and decides. What may book
itself is earned (``trust``); what is known of payers is learned (``knowledge``).

Plain Python: values in, decisions out; no clock, no database.
"""
