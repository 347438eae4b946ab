"""Placements of several requests -> the padded arrays that the graphs take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grammar.codec.pieces import Placement
from grammar.codec.view import FEATURES


@dataclass(frozen=True, eq=False, slots=True)
class Feed:
    """B requests; U pieces, M nodes, P = U + M positions, padded to the longest."""

    pieces: NDArray[np.int64]  # (B, U)
    pieces_mask: NDArray[np.bool_]  # (B, U)
    word_classes: NDArray[np.int64]  # (B, U)
    nodes: NDArray[np.float32]  # (B, M, text_width)
    features: NDArray[np.float32]  # (B, M, FEATURES)
    kinds: NDArray[np.int64]  # (B, P)
    sentinels: NDArray[np.int64]  # (B, P, 2)
    links: NDArray[np.int64]  # (B, P, P)
    mask: NDArray[np.bool_]  # (B, P)


def make_feed(placements: Sequence[Placement], nodes: Sequence[NDArray[np.float32]]) -> Feed:
    """Pad and stack; `nodes[k]` (M_k, text_width) are the pooled strings of request k."""
    batch, width = len(placements), nodes[0].shape[1]
    most_u = max(len(p.pieces) for p in placements)
    most_m = max(1, *(len(n) for n in nodes))
    total = most_u + most_m
    feed = Feed(
        np.zeros((batch, most_u), np.int64), np.zeros((batch, most_u), bool), np.zeros((batch, most_u), np.int64),
        np.zeros((batch, most_m, width), np.float32), np.zeros((batch, most_m, FEATURES), np.float32), np.zeros((batch,
        total), np.int64), np.zeros((batch, total, 2), np.int64), np.zeros((batch, total, total), np.int64), np.zeros((batch,
        total), bool),
    )  # fmt: skip
    for k, (placed, strings) in enumerate(zip(placements, nodes, strict=True)):
        u, m = len(placed.pieces), len(strings)
        place = np.r_[0:u, most_u : most_u + m]
        feed.pieces[k, :u], feed.pieces_mask[k, :u], feed.word_classes[k, :u] = placed.pieces, True, placed.word_classes
        feed.nodes[k, :m], feed.features[k, :m] = strings, placed.features
        feed.kinds[k, place], feed.sentinels[k, place] = placed.kinds, placed.sentinels
        feed.links[k, place[:, None], place[None, :]] = placed.position_links()
        feed.mask[k, place] = True
    return feed
