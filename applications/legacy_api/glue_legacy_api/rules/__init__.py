"""Validation of requests by the YAML rule files of the old application."""

from glue_legacy_api.rules.constraints.passwords import not_compromised
from glue_legacy_api.rules.rules import Rules
from glue_legacy_api.rules.values import Broken, Constraint, Option, RuleFile, Test

__all__ = ["Broken", "Constraint", "Option", "RuleFile", "Rules", "Test", "not_compromised"]
