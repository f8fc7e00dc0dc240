"""What the parts of this service are, for whoever serves them or tries them."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.timers import TimerLoop

from dispatcher.delivery.composing import Composer
from dispatcher.delivery.editing import Editor
from dispatcher.delivery.receiving import ReceiptBook
from dispatcher.delivery.suppressing import Suppressions
from dispatcher.delivery.worker import DeliveryWorker
from dispatcher.directory.handlers import DirectoryIntake
from dispatcher.intake.intake import Intake
from dispatcher.intake.releaser import Releaser
from dispatcher.preview.previewer import Previewer
from dispatcher.replies.receiving import ReplyDesk


@dataclass(frozen=True)
class Core:
    """What turns events into messages; tests build it with a fake clock and fake channels."""

    clock: Clock
    database: Database
    outbox: Outbox
    directory: DirectoryIntake
    intake: Intake
    releaser: Releaser
    worker: DeliveryWorker
    timers: TimerLoop
    previewer: Previewer
    composer: Composer
    suppressions: Suppressions
    receipts: ReceiptBook
    replies: ReplyDesk
    editor: Editor
