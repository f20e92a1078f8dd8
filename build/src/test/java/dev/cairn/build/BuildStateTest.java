package dev.cairn.build;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BuildStateTest {

  @ParameterizedTest
  @EnumSource(BuildState.class)
  void endsOnlyInFinalStates(BuildState state) {
    assertThat(state.next().isEmpty()).isEqualTo(state.isFinal());
  }

  @ParameterizedTest
  @EnumSource(
      value = BuildState.class,
      names = {"QUEUED", "PREPARING", "BUILDING", "PUBLISHING"})
  void canAlwaysFailOrBeCancelled(BuildState state) {
    assertThat(state.next()).contains(BuildState.FAILED, BuildState.CANCELLED);
  }

  @ParameterizedTest
  @EnumSource(
      value = BuildState.class,
      names = {"PREPARING", "BUILDING", "PUBLISHING"})
  void goesBackToTheQueueWhenItsBuilderIsLost(BuildState state) {
    assertThat(state.next()).contains(BuildState.QUEUED);
  }
}
