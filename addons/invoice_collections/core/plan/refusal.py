"""Why a plan, or a change of one, is refused."""


class PlanRefusedError(ValueError):
    """What was asked for is no plan that could be kept; nothing of it may be used.

    :param code: a code for programs; the models have a sentence for each
    :param facts: the figures the sentence needs, amounts in minor units

    >>> refusal = PlanRefusedError("count_too_large", count=601, limit=600)
    >>> refusal.code, refusal.facts["limit"], str(refusal)
    ('count_too_large', 600, 'count_too_large: count=601, limit=600')
    """

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}: {facts}" if facts else self.code
