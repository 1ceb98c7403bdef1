"""The formats of bank files we read, each recognised by what a file says, never by its name.

A format is one module of this package. It offers one object that keeps
:class:`~.base.StatementFormat`, and :mod:`.registry` lists it:

``names``
    as people know it and as :attr:`StatementFile.format` gives it, one or more; listed in
    :mod:`.names`
``recognises(head)``
    whether a file that begins with ``head`` (up to :data:`~.registry.HEAD_BYTES` bytes, never
    empty, as they are in the file: blanks, byte order mark and NUL included) is of this format.
    Never raises. Answers yes for a broken file too if it can be nothing else, so that its user
    reads what is broken instead of "we do not know this format".
``read(stream, limits)``
    the whole file, or :class:`~..errors.StatementError` and nothing of it. ``stream`` gives the
    file from its first byte, once, by ``read(size)``; it may not be seekable.

A reader of text begins with :func:`.text.read_lines`, which bounds the size, decodes, drops NUL
and splits into lines; the place of an error is :func:`.text.line_place`. It says how it dates,
signs and scales amounts, gives every amount through :func:`~..money.to_minor`, and has its texts
cleaned by nobody after it.

A third-party library is loaded by :func:`.guard.load` when the first file needs it, and called
inside :func:`.guard.guarded`, which turns whatever it raises into a ``StatementError``. A time
limit cannot be had from a clock here: an Odoo worker is a thread or a process that owns its
signals. A reader bounds the work before it starts instead: by the size of the file and by checks
of what the library is known to loop on. Nothing relies on
``assert``: under ``python -O`` there is none, so a reader checks by itself what the library only
asserts. The proof of the balances (:mod:`~..proof`) is the net under all of it.
"""
