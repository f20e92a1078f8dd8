package dev.cairn.engine.step;

import dev.cairn.build.StepReach;
import java.util.function.Function;

/**
 * What an installation does to all its commands, as far as their results depend on it.
 *
 * @param pretendedOwners whether change of owner seems to work and does nothing: a result that must
 *     never stand for a real one
 * @param reach what a command that asks for this really reaches; equal words only for equal
 *     networks
 */
public record CommandGround(boolean pretendedOwners, Function<StepReach, String> reach) {}
