"""The input types whose texts are one, or some, of a few words."""

from typing import ClassVar, Self

from deploy_actions.core.input_types import NotOfType, split_list


class Choice(str):
    """One of the `words` that a subclass names."""

    __slots__ = ()
    words: ClassVar[tuple[str, ...]] = ()
    expects: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        *most, last = (f"`{word}`" for word in cls.words)
        cls.expects = f"{', '.join(most)} or {last}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        if text not in cls.words:
            raise NotOfType(f"is not {cls.expects}")
        return cls(text)


class Choices(tuple[str, ...]):
    """Some of the `words` that a subclass names, each once, by newline or comma."""

    words: ClassVar[tuple[str, ...]] = ()
    expects: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        cls.expects = f"any of {', '.join(f'`{word}`' for word in cls.words)}, by newline or comma"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType, also for none at all."""
        chosen = split_list(text)
        if not chosen or not set(chosen) <= set(cls.words):
            raise NotOfType(f"is not {cls.expects}")
        return cls(dict.fromkeys(chosen))
