"""The texts payers and their banks write, in German, French and English."""

# {ref} is the invoice reference; the other words are noise of the kind banks add.
SENTENCES = (
    "Rechnung {ref} vom {date}, vielen Dank",
    "RG.NR. {ref} KD-NR {number}",
    "SVWZ+Rechnung {ref} Kundennr {number}",
    "EREF+{end_to_end_id} SVWZ+RE {ref} ABWA+{name}",
    "Zahlung zu {ref} / Auftrag {number}",
    "Begleichung {ref} abzgl. nichts, MfG {name}",
    "FACTURE {ref}",
    "VIREMENT DE {name} MOTIF: FACTURE {ref}",
    "Règlement facture n° {ref} du {date} - merci",
    "VIR SEPA {name} /REF {number} /MOTIF Fact. {ref}",
    "paiement de la facture {ref} client {number}",
    "Payment of invoice {ref}, thank you",
    "PAYMENT {ref} DATED {date} ACC {number}",
    "/INV/{ref}/ACCT/{number}",
    "Inv. {ref} - our PO {number}",
    "SVWZ+{ref} DATUM {date}, 14.02 UHR TAN {number}",
)
NAME_ONLY = (
    "Vielen Dank für Ihre Lieferung",
    "Rechnung",
    "Zahlung lt. Vereinbarung",
    "Überweisung {name}",
    "offene Posten {month}",
    "Merci",
    "Règlement facture",
    "VIREMENT {name}",
    "Votre facture de {month}",
    "Payment",
    "Invoice {month}",
    "as agreed by phone",
)
SHORT = {
    "bank_charges": (
        "{ref} BANK CHARGES DEDUCTED",
        "Rechnung {ref} abzgl. Bankspesen",
        "Facture {ref} - frais bancaires déduits",
    ),
    "cash_discount": (
        "{ref} abzgl. 2% Skonto",
        "Facture {ref} moins escompte 2%",
        "{ref} less 2% discount",
    ),
}
PARTIAL = (
    "1. Rate zu Rechnung {ref}",
    "Teilzahlung {ref}",
    "Acompte facture {ref}",
    "Facture {ref} 1er versement",
    "Part payment of {ref}",
    "{ref} instalment 1",
)
TWO = (
    "{ref} {other}",
    "Rechnungen {ref} und {other}",
    "Factures {ref} et {other}",
    "Invoices {ref}, {other}",
    "RE {ref} + {other}",
)
OTHER_PAYERS = (
    "Novalis Holding S.à r.l.",
    "Brunner & Söhne Beteiligungs GmbH",
    "Groupe Lavandier SAS",
    "Harcourt Shared Services Ltd",
    "Kessler Zentralregulierung GmbH",
    "Finabel Trésorerie SA",
    "Oakfield Treasury Limited",
)
MONTHS = ("Januar", "mars", "April", "juin", "July", "septembre", "Oktober", "December")
EMPLOYEES = ("Claire Weber", "Tomás Oliveira", "Jana Krämer", "Luc Schmit", "Aisha Benali")
# Whom the company pays itself, and the text it writes.
SUPPLIERS = (
    ("Immobilière du Parc SCI", "Loyer {date} bail {number}"),
    ("Creos Energie", "Électricité contrat {number}"),
    ("Wollweberei Hartmann KG", "Rechnung {number} vom {date}"),
    ("Northgate Packaging Ltd", "Invoice {number}"),
    ("Express Logistik GmbH", "Sammelrechnung {number}"),
)
