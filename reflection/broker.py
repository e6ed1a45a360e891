"""What we ask of the broker beyond Celery's own use of it."""

from typing import cast

from kombu.transport.redis import Channel

from reflection.celery import app


def restore_unacknowledged() -> int:
    """Put messages that a killed worker had taken back into their queues; returns how many.

    Only for a start at which no worker runs: the visibility timeout would bring them back too,
    after an hour.
    """
    with app.connection_for_write() as connection:
        channel = cast(Channel, connection.default_channel)
        with channel.conn_or_acquire() as client:
            tags = client.zrange(channel.unacked_index_key, 0, -1)
            for tag in tags:
                channel.qos.restore_by_tag(tag, client)
        return len(tags)
