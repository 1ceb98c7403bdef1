"""pain.002, the bank's answer to payments we ordered: statuses, no statements."""

import re
from datetime import date
from typing import Any, BinaryIO

from ..camt.values import ValueReader, child, children, descend, text
from ..camt.xml_stream import Message, XmlStream
from ..errors import StatementError
from ..limits import Limits
from ..payment_status import BatchStatus, PaymentStatus, PaymentStatusReport, StatusReason
from ..statement_file import StatementFile
from .camt import looks_like_xml

#: The message element; its first versions are named like the message itself.
_MESSAGE = re.compile(r"CstmrPmtStsRpt(?:V[0-9]{2})?|pain\.002\.001\.[0-9]{2}", re.ASCII)
_IN_HEAD = re.compile(rb"[<:](?:CstmrPmtStsRpt|pain\.002\.001\.)")


class Pain002Format:
    """Keeps :class:`~.base.StatementFormat`."""

    names = ("pain.002",)

    def recognises(self, head: bytes) -> bool:
        """Return whether it is XML with the message element near its beginning."""
        return looks_like_xml(head) and _IN_HEAD.search(head.replace(b"\0", b"")) is not None

    def read(self, stream: BinaryIO, limits: Limits) -> StatementFile:
        """Return what the file says.

        :raise StatementError: when the file is refused
        """
        return read_pain002(stream, limits)


PAIN002 = Pain002Format()


def message_format(name: str) -> tuple[str, str] | None:
    """Return format and item of a message element, ``None`` for any other element."""
    return ("pain.002", "TxInfAndSts") if _MESSAGE.fullmatch(name) else None


def read_pain002(stream: BinaryIO, limits: Limits) -> StatementFile:
    """Read a whole payment status report, of any version.

    :raise StatementError: when the file is refused
    """
    source = XmlStream(stream, limits, message_format)
    try:
        message = source.find_message()
    except StatementError as error:
        if error.code in ("not_camt", "not_xml"):
            raise StatementError("unknown_format", error.place, error.detail) from error
        raise
    collector = _Collector(message)
    source.items(message.depth + 2, collector.take)
    report = collector.finish()
    return StatementFile("pain.002", message.version, (), (), (report,))


class _Collector:
    """Gathers the parts of the report from the elements the stream hands over.

    They come one level below the parts, so that a batch of any size is never held as XML.
    """

    def __init__(self, message: Message) -> None:
        self._depth = message.depth
        self._values = ValueReader()
        self._texts: dict[str, str | None] = {}
        self._reasons: list[StatusReason] = []
        self._batches: list[BatchStatus] = []
        self._loose: list[PaymentStatus] = []
        #: The part being read; a new object for every element.
        self._element: object = None
        self._batch: _Batch | None = None
        self._payment: dict[str, Any] = {}
        self._messages = 0

    def take(self, path: list, item: Any) -> None:
        """Take one grandchild of the message."""
        if message_format(path[self._depth - 1][0]) is None:
            return
        element, name = path[self._depth], path[-1][0]
        if element is not self._element:
            self._close()
            self._element = element
        if element[0] in ("GrpHdr", "OrgnlGrpInfAndSts"):
            self._take_head(element[0], name, item)
        elif element[0] == "OrgnlPmtInfAndSts":
            self._batch = self._batch or _Batch(len(self._batches) + 1, self._values)
            self._batch.take(name, item)
        elif element[0] == "TxInfAndSts":
            # Early versions have no batches: the children of one payment come one by one.
            if name == "StsRsnInf":
                self._payment.setdefault(name, []).append(item)
            else:
                self._payment.setdefault(name, item)

    def _take_head(self, part: str, name: str, item: Any) -> None:
        if name == "StsRsnInf":
            self._reasons.append(_reason(item))
        elif part == "GrpHdr" or name.startswith("Orgnl") or name == "GrpSts":
            self._texts.setdefault(f"{part}/{name}", _word(item))

    def _close(self) -> None:
        """End a part."""
        if self._batch is not None:
            self._batches.append(self._batch.build())
            self._batch = None
        if self._payment:
            place = f"TxInfAndSts[{len(self._loose) + 1}]"
            self._loose.append(read_payment(self._payment, self._values, place))
            self._payment = {}

    def finish(self) -> PaymentStatusReport:
        """Return the report of a file that has been read to its end."""
        self._close()
        if self._loose:
            self._batches.append(BatchStatus(None, None, (), tuple(self._loose)))
        get = self._texts.get
        report = PaymentStatusReport(
            message_id=get("GrpHdr/MsgId"),
            created=get("GrpHdr/CreDtTm"),
            original_message_id=get("OrgnlGrpInfAndSts/OrgnlMsgId"),
            original_message_name=get("OrgnlGrpInfAndSts/OrgnlMsgNmId"),
            status=get("OrgnlGrpInfAndSts/GrpSts"),
            reasons=tuple(self._reasons),
            batches=tuple(self._batches),
        )
        if report.status is None and not report.batches:
            raise StatementError("missing", "OrgnlGrpInfAndSts", "the status (GrpSts)")
        return report


class _Batch:
    """One ``OrgnlPmtInfAndSts`` in the making."""

    def __init__(self, number: int, values: ValueReader) -> None:
        self._place = f"OrgnlPmtInfAndSts[{number}]"
        self._values = values
        self._texts: dict[str, str | None] = {}
        self._reasons: list[StatusReason] = []
        self._payments: list[PaymentStatus] = []

    def take(self, name: str, item: Any) -> None:
        """Take one child."""
        if name == "TxInfAndSts":
            place = f"{self._place}/TxInfAndSts[{len(self._payments) + 1}]"
            self._payments.append(read_payment(item, self._values, place))
        elif name == "StsRsnInf":
            self._reasons.append(_reason(item))
        elif name in ("OrgnlPmtInfId", "PmtInfSts"):
            self._texts.setdefault(name, _word(item))

    def build(self) -> BatchStatus:
        """Return the batch."""
        return BatchStatus(
            self._texts.get("OrgnlPmtInfId"),
            self._texts.get("PmtInfSts"),
            tuple(self._reasons),
            tuple(self._payments),
        )


def read_payment(node: Any, values: ValueReader, place: str) -> PaymentStatus:
    """Return one payment.

    :raise StatementError: when amount or date cannot be read
    """
    reference = child(node, "OrgnlTxRef")
    amount, currency = None, None
    written = descend(reference, "Amt", "InstdAmt")
    try:
        if written is not None:
            amount, currency = values.amount(written, "OrgnlTxRef/Amt/InstdAmt", None)
        day = _execution_date(reference, values)
    except StatementError as error:
        raise StatementError(error.code, f"{place}/{error.place}", error.detail) from error
    return PaymentStatus(
        status=_word(child(node, "TxSts")),
        reasons=tuple(_reason(item) for item in children(node, "StsRsnInf")),
        status_id=_word(child(node, "StsId")),
        end_to_end_id=_word(child(node, "OrgnlEndToEndId")),
        instruction_id=_word(child(node, "OrgnlInstrId")),
        transaction_id=_word(child(node, "OrgnlTxId")) or _word(child(node, "OrgnlUETR")),
        servicer_reference=_word(child(node, "AcctSvcrRef")),
        amount=amount,
        currency=currency,
        execution_date=day,
    )


def _execution_date(reference: Any, values: ValueReader) -> date | None:
    """Return ``ReqdExctnDt``: a date itself, or from version 09 on a choice of two forms."""
    written = child(reference, "ReqdExctnDt")
    if written is None:
        return None
    holder = {"ReqdExctnDt": written if type(written) is dict else {"Dt": written}}
    return values.date(holder, "ReqdExctnDt")


def _reason(node: Any) -> StatusReason:
    reason = child(node, "Rsn") or child(node, "StsRsn")
    code = _word(child(reason, "Cd")) or _word(child(reason, "Prtry"))
    words = [_word(item) for item in children(node, "AddtlInf")]
    words += [_word(item) for item in children(node, "AddtlStsRsnInf")]
    return StatusReason(code, tuple(word for word in words if word))


def _word(node: Any) -> str | None:
    """Return a text without the blanks some banks put around it."""
    return (text(node) or "").strip() or None
