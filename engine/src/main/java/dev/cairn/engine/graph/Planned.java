package dev.cairn.engine.graph;

import dev.cairn.dockerfile.StageGraph;
import dev.cairn.engine.base.BaseImage;
import dev.cairn.engine.config.StageState;
import dev.cairn.engine.step.Node;
import java.util.Optional;

/**
 * A planned image.
 *
 * @param last its last node
 * @param state the final stage after its last instruction
 * @param base the image that the final chain of stages begins with
 * @param steps how many steps there are
 * @param graph the stages, for build checks
 */
public record Planned(
    Node last, StageState state, Optional<BaseImage> base, int steps, StageGraph graph) {}
