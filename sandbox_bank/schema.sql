-- The books of the sandbox bank. Amounts are integers in minor units of the account's currency;
-- positive is in favor of the account's owner. Dates are ISO text (YYYY-MM-DD).

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE account (
    id          INTEGER PRIMARY KEY,
    resource_id TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL CHECK (kind IN ('customer', 'internal')),
    owner       TEXT NOT NULL,
    name        TEXT NOT NULL,
    iban        TEXT,
    currency    TEXT NOT NULL,
    opened_on   TEXT NOT NULL,
    UNIQUE (iban, currency),
    CHECK ((kind = 'customer') = (iban IS NOT NULL))
);

-- What a statement shows. An entry is pending until booked_number is set; it is numbered in the
-- order of booking and never changes after that.
CREATE TABLE entry (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id            INTEGER NOT NULL REFERENCES account (id),
    counter_kind          TEXT NOT NULL,
    booked_number         INTEGER UNIQUE,
    transaction_id        TEXT NOT NULL UNIQUE,
    entry_reference       TEXT UNIQUE,
    booking_date          TEXT NOT NULL,
    value_date            TEXT NOT NULL,
    amount                INTEGER NOT NULL CHECK (amount <> 0),
    counterparty_name     TEXT,
    counterparty_iban     TEXT,
    remittance            TEXT NOT NULL DEFAULT '[]',
    creditor_reference    TEXT,
    end_to_end_id         TEXT,
    purpose_code          TEXT,
    bank_transaction_code TEXT NOT NULL,
    details               TEXT NOT NULL DEFAULT '[]',
    extra                 TEXT NOT NULL DEFAULT '{}',
    booked_time           TEXT,
    CHECK ((booked_number IS NULL) = (entry_reference IS NULL))
);
CREATE INDEX entry_by_account ON entry (account_id, booking_date, booked_number);
CREATE INDEX entry_pending ON entry (booking_date, id) WHERE booked_number IS NULL;

-- What the bank later says otherwise about an entry. NULL: as it was. The ledger follows by journals
-- of its own, so that balances always are the sum of what is shown.
CREATE TABLE revision (
    entry_id      INTEGER PRIMARY KEY REFERENCES entry (id),
    booking_date  TEXT,
    remittance    TEXT,
    removed       INTEGER NOT NULL DEFAULT 0
);
CREATE VIEW shown_entry AS
SELECT e.id, e.account_id, e.counter_kind, e.booked_number, e.transaction_id, e.entry_reference,
       COALESCE(r.booking_date, e.booking_date) AS booking_date, e.value_date, e.amount,
       e.counterparty_name, e.counterparty_iban, COALESCE(r.remittance, e.remittance) AS remittance,
       e.creditor_reference, e.end_to_end_id, e.purpose_code, e.bank_transaction_code, e.details,
       e.extra, e.booked_time
FROM entry e LEFT JOIN revision r ON r.entry_id = e.id WHERE r.removed IS NOT 1;

-- The general ledger: a journal holds postings that sum to zero.
CREATE TABLE journal (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    booking_date TEXT NOT NULL,
    entry_id     INTEGER UNIQUE REFERENCES entry (id),
    text         TEXT NOT NULL
);
CREATE TABLE posting (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    journal_id   INTEGER NOT NULL REFERENCES journal (id),
    account_id   INTEGER NOT NULL REFERENCES account (id),
    booking_date TEXT NOT NULL,
    amount       INTEGER NOT NULL CHECK (amount <> 0)
);
CREATE INDEX posting_by_account ON posting (account_id, booking_date, amount);
CREATE INDEX posting_by_journal ON posting (journal_id);

CREATE TRIGGER posting_is_final BEFORE UPDATE ON posting
BEGIN SELECT RAISE(ABORT, 'a posting is never changed'); END;
CREATE TRIGGER posting_is_kept BEFORE DELETE ON posting
BEGIN SELECT RAISE(ABORT, 'a posting is never deleted'); END;
CREATE TRIGGER booked_entry_is_final BEFORE UPDATE ON entry WHEN OLD.booked_number IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a booked entry is never changed'); END;
CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;

-- How one account departs from the book of rules: name and options of each quirk.
CREATE TABLE quirk (
    account_id INTEGER NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    options    TEXT NOT NULL,
    PRIMARY KEY (account_id, name)
) WITHOUT ROWID;

-- Reads of third parties without the customer. account_id 0 is the list of accounts, and as a rule
-- the one for all accounts without a rule of their own.
CREATE TABLE quota_rule (
    account_id    INTEGER PRIMARY KEY,
    reads_per_day INTEGER NOT NULL,
    wording       TEXT NOT NULL,
    retry_after   TEXT NOT NULL,
    status        INTEGER NOT NULL,
    count_pages   INTEGER NOT NULL
);
CREATE TABLE quota_use (
    account_id INTEGER NOT NULL,
    endpoint   TEXT NOT NULL,
    day        TEXT NOT NULL,
    used       INTEGER NOT NULL,
    PRIMARY KEY (account_id, endpoint, day)
) WITHOUT ROWID;

CREATE TABLE consent (
    number              INTEGER PRIMARY KEY AUTOINCREMENT,
    id                  TEXT NOT NULL UNIQUE,
    status              TEXT NOT NULL,
    request             TEXT NOT NULL,
    valid_until         TEXT NOT NULL,
    recurring           INTEGER NOT NULL,
    frequency_per_day   INTEGER NOT NULL,
    created_on          TEXT NOT NULL,
    last_action_on      TEXT NOT NULL,
    authorized_on       TEXT,
    third_party         TEXT NOT NULL,
    redirect_uri        TEXT,
    nok_redirect_uri    TEXT,
    approach            TEXT NOT NULL,
    signatures_needed   INTEGER NOT NULL,
    signatures          INTEGER NOT NULL DEFAULT 0,
    resource_ids        TEXT NOT NULL
);
CREATE TABLE consent_account (
    consent_id   TEXT NOT NULL REFERENCES consent (id),
    account_id   INTEGER NOT NULL REFERENCES account (id),
    balances     INTEGER NOT NULL,
    transactions INTEGER NOT NULL,
    owner_name   INTEGER NOT NULL,
    PRIMARY KEY (consent_id, account_id)
) WITHOUT ROWID;

-- Orders to pay. next_at: moment of the next step, NULL while the customer has to approve or nothing
-- is left to do.
CREATE TABLE payment_order (
    number           INTEGER PRIMARY KEY AUTOINCREMENT,
    id               TEXT NOT NULL UNIQUE,
    account_id       INTEGER NOT NULL REFERENCES account (id),
    product          TEXT NOT NULL,
    status           TEXT NOT NULL,
    reason           TEXT,
    amount           INTEGER NOT NULL CHECK (amount > 0),
    creditor_name    TEXT NOT NULL,
    creditor_iban    TEXT NOT NULL,
    remittance       TEXT NOT NULL,
    end_to_end_id    TEXT,
    execution_date   TEXT NOT NULL,
    received_at      TEXT NOT NULL,
    next_at          TEXT,
    entry_id         INTEGER REFERENCES entry (id),
    third_party      TEXT NOT NULL,
    redirect_uri     TEXT,
    nok_redirect_uri TEXT,
    idempotency_key  TEXT,
    body_hash        TEXT NOT NULL
);
CREATE INDEX order_by_end_to_end_id ON payment_order (end_to_end_id);

-- Events pushed to third parties. Times are those of the world, in seconds, not of the bank's clock:
-- the receiver compares them with its own.
CREATE TABLE webhook (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    url       TEXT NOT NULL,
    secret    TEXT NOT NULL,
    retiring  TEXT,
    is_active INTEGER NOT NULL DEFAULT 1,
    manners   TEXT NOT NULL
);
CREATE TABLE event (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    id        TEXT NOT NULL UNIQUE,
    kind      TEXT NOT NULL,
    resource  TEXT NOT NULL,
    version   INTEGER NOT NULL,
    body      TEXT NOT NULL
);
CREATE TABLE delivery (
    webhook_id   INTEGER NOT NULL REFERENCES webhook (id),
    event_number INTEGER NOT NULL REFERENCES event (number),
    state        TEXT NOT NULL DEFAULT 'due',
    attempts     INTEGER NOT NULL DEFAULT 0,
    next_at      REAL NOT NULL DEFAULT 0,
    last_answer  TEXT,
    PRIMARY KEY (webhook_id, event_number)
) WITHOUT ROWID;

-- Simulation only: what really happened, for tests to compare with. The bank never reads it.
CREATE TABLE truth (
    entry_id    INTEGER PRIMARY KEY REFERENCES entry (id),
    behaviour   TEXT NOT NULL,
    variant     TEXT,
    customer    TEXT,
    allocations TEXT NOT NULL,
    paid_for    TEXT NOT NULL
);
CREATE TABLE fault (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    kind    TEXT NOT NULL,
    times   INTEGER NOT NULL,
    skip    INTEGER NOT NULL,
    path    TEXT NOT NULL,
    seconds REAL NOT NULL
);
