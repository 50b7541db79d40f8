"""redis-py's cluster client without two weaknesses that readers would feel while a cluster changes."""

from collections.abc import Callable
from typing import Any

from redis.cluster import ClusterNode, ClusterPipeline, NodesManager, RedisCluster
from redis.exceptions import ConnectionError, TimeoutError


class _FindsNewNodes:
    """Follows ASK to a master that has no slot yet: redis-py knows only nodes with slots, and fails with a fault."""

    nodes_manager: NodesManager

    def get_node(
        self, host: str | None = None, port: int | None = None, node_name: str | None = None
    ) -> ClusterNode | None:
        """The node of this name, known or new."""
        known: ClusterNode | None = self.nodes_manager.get_node(host, port, node_name)
        if known is not None:
            return known
        if node_name:
            host, _, digits = node_name.rpartition(":")
            port = int(digits)
        if not host or not port:
            return None
        node = ClusterNode(host, port, "primary")  # type: ignore[no-untyped-call]  # redis-py's
        return self.nodes_manager.nodes_cache.setdefault(node.name, node)


class _Pipeline(_FindsNewNodes, ClusterPipeline):
    """Commands to several masters, for reading only: those that met a lost connection are sent once more.

    Once one of them fails again, the others do not try: each would wait for the same master in its turn.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._again: Callable[..., Any] = self.parent_execute_command
        self._failure: ConnectionError | TimeoutError | None = None
        self.parent_execute_command = self._once_more

    def _once_more(self, *args: Any, **options: Any) -> Any:
        if self._failure is not None:
            raise self._failure
        try:
            return self._again(*args, **options)
        except (ConnectionError, TimeoutError) as failure:
            self._failure = failure
            raise


class Cluster(_FindsNewNodes, RedisCluster):
    """A cluster client whose acknowledged writes wait for `wait_replicas` replicas of the slot's master."""

    wait_replicas = 0

    def pipeline(self, transaction: bool | None = None, shard_hint: Any = None) -> ClusterPipeline:
        """Reads from several masters in one round trip each."""
        return _Pipeline(
            nodes_manager=self.nodes_manager,
            commands_parser=self.commands_parser,
            startup_nodes=self.nodes_manager.startup_nodes,
            result_callbacks=self.result_callbacks,
            cluster_response_callbacks=self.cluster_response_callbacks,
            reinitialize_steps=self.reinitialize_steps,
            retry=self.retry,
            lock=self._lock,
        )
