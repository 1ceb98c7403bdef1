"""What the bank says became of payments we ordered (pain.002, customer payment status report).

Statuses and reasons are ISO 20022 external codes as the bank gives them: ``ACCP`` accepted,
``ACSC`` settled, ``PDNG`` pending, ``PART`` partly accepted, ``RJCT`` rejected, and more. A status
of a level that says nothing is ``None``: that of the level above holds.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class StatusReason:
    """Why (``StsRsnInf``).

    :param code: external code such as ``AC04``, or the bank's own
    :param information: further words of the bank (``AddtlInf``)
    """

    code: str | None
    information: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """One payment (``TxInfAndSts``).

    :param status: ``TxSts``
    :param end_to_end_id: ours (``OrgnlEndToEndId``)
    :param instruction_id: ours (``OrgnlInstrId``)
    :param transaction_id: ``OrgnlTxId``, or the ``UETR`` where that is all there is
    :param servicer_reference: the bank's (``AcctSvcrRef``)
    :param amount: as we ordered it (``OrgnlTxRef/Amt``), minor units, positive
    """

    status: str | None
    reasons: tuple[StatusReason, ...] = ()
    status_id: str | None = None
    end_to_end_id: str | None = None
    instruction_id: str | None = None
    transaction_id: str | None = None
    servicer_reference: str | None = None
    amount: int | None = None
    currency: str | None = None
    execution_date: date | None = None


@dataclass(frozen=True, slots=True)
class BatchStatus:
    """The payments of one payment information (``OrgnlPmtInfAndSts``).

    :param payment_information_id: ours (``OrgnlPmtInfId``)
    """

    payment_information_id: str | None
    status: str | None
    reasons: tuple[StatusReason, ...] = ()
    payments: tuple[PaymentStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentStatusReport:
    """A whole report (``CstmrPmtStsRpt``).

    :param message_id: the bank's
    :param created: as written, with whatever time zone the bank names
    :param original_message_id: of our order
    :param original_message_name: such as ``pain.001.001.09``
    :param status: of the whole order (``GrpSts``)
    """

    message_id: str | None
    created: str | None
    original_message_id: str | None
    original_message_name: str | None
    status: str | None
    reasons: tuple[StatusReason, ...] = ()
    batches: tuple[BatchStatus, ...] = ()


def effective_status(
    report: PaymentStatusReport,
    batch: BatchStatus | None = None,
    payment: PaymentStatus | None = None,
) -> str | None:
    """Return the status that holds for a payment, a batch or the whole order.

    The most detailed level that says something wins; ``PART`` of a level above only says that the
    levels below differ.

    >>> report = PaymentStatusReport(None, None, "M1", None, "PART")
    >>> effective_status(report, BatchStatus("B1", "RJCT"), PaymentStatus(None))
    'RJCT'
    >>> effective_status(report, BatchStatus("B1", None), PaymentStatus(None)) is None
    True
    """
    levels = [level for level in (payment, batch, report) if level is not None]
    if status := levels[0].status:
        return status
    above = (level.status for level in levels[1:] if level.status)
    return next((status for status in above if status != "PART"), None)
