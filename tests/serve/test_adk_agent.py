"""The example for Google ADK, run with a scripted model where google-adk is installed."""

from __future__ import annotations

import ast
import asyncio
import importlib
import importlib.util
from pathlib import Path

import pytest

from anomaly_hunter.investigate.question import QUESTIONS

EXAMPLE = Path(__file__).parents[2] / "examples" / "adk_agent.py"
ADK = importlib.util.find_spec("google") is not None and importlib.util.find_spec("google.adk") is not None


def example():
    spec = importlib.util.spec_from_file_location("adk_agent", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_example_names_only_what_the_package_has():
    for node in ast.walk(ast.parse(EXAMPLE.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("anomaly_hunter"):
            module = importlib.import_module(node.module)
            assert [one.name for one in node.names if not hasattr(module, one.name)] == []


@pytest.mark.skipif(not ADK, reason="google-adk is not installed (pip install google-adk)")
@pytest.mark.slow
# ADK and what it brings warn of their own experiments and old calls.
@pytest.mark.filterwarnings("ignore")
def test_an_adk_agent_asks_two_questions_and_answers_from_the_evidence():
    models = importlib.import_module("google.adk.models")
    from google.genai.types import Content, FunctionCall, Part

    turns = []

    async def scripted(self, llm_request, stream=False):
        """Ask who is to blame, what changed, and once wrongly; then write what was told."""
        told = [
            part.function_response
            for content in llm_request.contents
            for part in content.parts or []
            if part.function_response is not None
        ]
        turns.append((sorted(llm_request.tools_dict), told))
        if not told:
            calls = [("blame", {}), ("changed_before", {"most": 2}), ("rows", {"most": 0})]
            parts = [Part(function_call=FunctionCall(name=name, args=args)) for name, args in calls]
        else:
            first = [one.response["evidence"][0]["statement"] for one in told[:2]]
            parts = [Part(text=" / ".join([*first, told[2].response["error"]]))]
        yield models.LlmResponse(content=Content(role="model", parts=parts))

    model = type("Scripted", (models.BaseLlm,), {"generate_content_async": scripted, "__module__": __name__})
    module = example()
    case = module.worst_case()
    written = asyncio.run(module.investigate(case, model(model="scripted")))
    assert turns[0][0] == sorted(QUESTIONS)
    assert "inventory" in written
    assert case.blame()[0].statement in written
    assert "Cure: change most" in written
