"""one import on its way: whose, into what, what the list says, what it does."""

from dataclasses import dataclass, field
from uuid import UUID

from center.papers.matching import Changes
from center.papers.models import ColumnOut, ImportOut, ImportState, ProblemOfListOut
from center.papers.plan import Plan, Problem
from wardroom.errors import WardroomError


@dataclass(slots=True, kw_only=True)
class Job:
    """An import. `moved`: when its state last changed, in seconds of the clock that never goes back."""

    id: UUID
    who: str
    occasion: UUID
    lists: tuple[UUID, ...]
    upload: UUID
    moved: float
    file: str = ""
    state: ImportState = ImportState.RUNNING
    plan: Plan | None = None
    changes: Changes | None = None
    failure: WardroomError | None = field(default=None)

    def out(self, language: str) -> ImportOut:
        """Return how it stands, its sentences in `language`."""
        plan, changes = self.plan, self.changes
        problems = (*(plan.problems if plan else ()), *(changes.problems if changes else ()))
        return ImportOut(
            id=self.id,
            state=self.state,
            detail=None if self.failure is None else self.failure.sentence(language),
            rows=plan.rows if plan else 0,
            created=len(changes.created) if changes else 0,
            changed=len(changes.changed) if changes else 0,
            unchanged=len(changes.unchanged) if changes else 0,
            refused=plan.refused if plan else 0,
            columns=[ColumnOut(field=one.field, header=one.header, column=one.column) for one in plan.columns] if plan else [],
            problems=[_out(problem, language) for problem in problems],
        )


def _out(problem: Problem, language: str) -> ProblemOfListOut:
    return ProblemOfListOut(
        row=problem.row,
        cell=problem.cell,
        field=problem.field,
        value=problem.value,
        severity=problem.severity,
        detail=problem.sentence(language),
    )
