"""Slack: payloads come in through Bolt, cards go out through the Web API."""
