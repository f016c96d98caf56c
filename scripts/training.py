"""``python -m scripts.training``: train a model, score with it, export it to ``model/``."""

import dataclasses
import functools
import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from evaluation.dataset import Comment, Split, load_split
from goemotions.model_info import ModelInfo
from goemotions.taxonomy import Taxonomy
from terminal.ending import INTERRUPTED, ending
from training.run import Run
from training.settings import TrainingSettings, read_recipe

RunFolder = Annotated[Path, typer.Option("--run", help="Work folder: checkpoints and records.")]


def _read_recipe(context: typer.Context, file: Path | None) -> Path | None:
    """Make the settings in ``file`` the defaults of the options."""
    if file is not None:
        context.default_map = read_recipe(file)
    return file


Recipe = Annotated[
    Path | None,
    typer.Option(
        "--recipe",
        is_eager=True,
        callback=_read_recipe,
        help="A TOML file of settings, such as training/recipe/student.toml; options overrule it.",
    ),
]

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
console = Console(stderr=True, soft_wrap=True)


def takes_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each training setting in place of its parameter ``settings``."""
    settings = dataclasses.fields(TrainingSettings)

    @functools.wraps(command)
    def with_settings(**options: object) -> None:
        chosen = {setting.name: options.pop(setting.name) for setting in settings}
        command(settings=TrainingSettings(**chosen), **options)  # type: ignore[arg-type]

    own = [p for p in inspect.signature(command).parameters.values() if p.name != "settings"]
    added = [
        inspect.Parameter(
            setting.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=setting.default,
            annotation=Annotated[setting.type, typer.Option(help=setting.metadata["help"])],
        )
        for setting in settings
    ]
    parameters = [*own, *added]
    with_settings.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    with_settings.__annotations__ = {p.name: p.annotation for p in parameters}
    return with_settings


@app.callback()
def describe() -> None:
    """Make model/ from GoEmotions: train, score (for a teacher), export."""


@app.command("train")
@takes_settings
def train_command(
    settings: TrainingSettings,
    *,
    recipe: Recipe = None,  # noqa: ARG001 - its callback has read it
    run: RunFolder = Path("runs/goemotions"),
    fresh: Annotated[
        bool, typer.Option("--fresh/--resume", help="Begin anew, or go on from a checkpoint.")
    ] = False,
) -> None:
    """Fine-tune the encoder on GoEmotions; Ctrl-C leaves a checkpoint that it goes on from."""
    # Threads that spin while they wait slow each other down if other work wants the cores too: on
    # two busy cores a step took 5 s in place of 0.6 s. On idle cores this costs nothing. OpenMP
    # reads it once, when torch is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    comments = _load_quietly("train", "dev")
    from training.train import TrainingData, train  # noqa: PLC0415

    if fresh:
        Run(run).remove()
    data = TrainingData(train=comments["train"], dev=comments["dev"])
    if not train(settings, data, Run(run), console):
        console.print(f"Stopped, with a checkpoint in {run}; the same command goes on from it.")
        raise typer.Exit(INTERRUPTED)


@app.command("score")
def score_command(
    *,
    run: RunFolder = Path("runs/goemotions"),
    out: Annotated[Path, typer.Option(help="The file of scores to write.")],
) -> None:
    """Write the scores of a finished run's best weights on train and dev, for students to learn."""
    comments = _load_quietly("train", "dev")
    from training.teaching.score import score  # noqa: PLC0415

    score(Run(run), comments).save(out)
    console.print(f"Written to {out}.")


@app.command("export")
def export_command(
    *,
    run: RunFolder = Path("runs/goemotions"),
    model: Annotated[Path, typer.Option(envvar="MODEL", help="The model folder to write.")] = Path(
        "model"
    ),
    model_version: Annotated[
        str | None,
        typer.Option(
            help="Its version; without it that of the model which is replaced, its last number "
            "raised by 1 if the weights differ, or 1.0.0 in a new folder."
        ),
    ] = None,
    remark: Annotated[str, typer.Option(help="A word on the run for the model card.")] = "",
) -> None:
    """Measure a finished run's best weights and write them to a model folder."""
    comments = _load_quietly("train", "dev", "test")
    from training.export import CONFIG_FILE, export  # noqa: PLC0415

    measured = export(Run(run), model, model_version, comments, remark)
    version = ModelInfo.load(model / CONFIG_FILE).version
    console.print(f"Written to {model}, version {version}. Hit rate over 14 labels:")
    for split, quality in measured.quality[Taxonomy.SERVED].items():
        console.print(
            f"  {split}: {quality.hits.rate:.2%} ± {quality.hits.standard_error:.2%} "
            f"of {quality.hits.of}",
            highlight=False,
        )


def _load_quietly(*splits: Split) -> dict[str, list[Comment]]:
    # The libraries' own bars and notes would hide training's bar, the one that matters.
    comments: dict[str, list[Comment]] = {split: load_split(split) for split in splits}
    import transformers  # noqa: PLC0415

    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    return comments


@ending("training")
def main() -> None:
    """Run the command line: 0 done, 2 it can't run, 130 interrupted."""
    app()


if __name__ == "__main__":
    main()
