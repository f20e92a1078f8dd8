package dev.cairn.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Guards the table of rooms in ARCHITECTURE.md: who may use whom. */
class RoomsTest {
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("dockerfile", Set.of()),
          Map.entry("linux", Set.of()),
          Map.entry("oci", Set.of()),
          Map.entry("content", Set.of("oci", "linux")),
          Map.entry("build", Set.of("dockerfile", "oci", "content")),
          Map.entry("engine", Set.of("build", "dockerfile", "oci", "content", "linux")),
          Map.entry("source", Set.of("build", "oci", "content", "linux")),
          Map.entry("publish", Set.of("build", "oci", "content")),
          Map.entry("service", Set.of("build", "dockerfile", "oci", "content")),
          Map.entry("server", Set.of("service", "build", "dockerfile", "oci", "content")));

  private final JavaClasses ours =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.cairn");

  @Test
  void useOnlyWhatTheTableAllows() {
    List<String> rooms =
        List.of(
            "dockerfile",
            "linux",
            "oci",
            "content",
            "build",
            "engine",
            "source",
            "publish",
            "service",
            "server",
            "app");
    for (String room : MAY_USE.keySet()) {
      for (String other : rooms) {
        if (!other.equals(room) && !MAY_USE.getOrDefault(room, Set.of()).contains(other)) {
          noClasses()
              .that()
              .resideInAPackage("dev.cairn." + room + "..")
              .should()
              .dependOnClassesThat()
              .resideInAPackage("dev.cairn." + other + "..")
              .because("the table of rooms does not let " + room + " use " + other)
              .check(ours);
        }
      }
    }
    assertThat(ours).as("the classes of the rooms on the class path").hasSizeGreaterThan(100);
  }

  @Test
  void letOnlyTheHttpPackageKnowTheWebServer() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.cairn.server.http..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.helidon..")
        .check(ours);
  }

  @Test
  void callNativeFunctionsOnlyInTheLinuxRoom() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.cairn.linux..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .check(ours);
  }

  @Test
  void keepTheirPackagesFreeOfCircles() {
    slices().matching("dev.cairn.(**)").should().beFreeOfCycles().check(ours);
  }

  @Test
  void holdNoChangingStaticState() {
    DescribedPredicate<JavaClass> notGenerated =
        DescribedPredicate.describe("are written by hand", each -> !each.isAnonymousClass());
    classes()
        .that(notGenerated)
        .should(
            new com.tngtech.archunit.lang.ArchCondition<>("have only final static fields") {
              @Override
              public void check(JavaClass each, com.tngtech.archunit.lang.ConditionEvents events) {
                each.getFields().stream()
                    .filter(field -> field.getModifiers().contains(STATIC))
                    .filter(field -> !field.getModifiers().contains(FINAL))
                    .forEach(field ->
                        events.add(
                            com.tngtech.archunit.lang.SimpleConditionEvent.violated(
                                field, field.getFullName() + " is static and not final")));
              }
            })
        .check(ours);
  }

  private static final com.tngtech.archunit.core.domain.JavaModifier STATIC =
      com.tngtech.archunit.core.domain.JavaModifier.STATIC;
  private static final com.tngtech.archunit.core.domain.JavaModifier FINAL =
      com.tngtech.archunit.core.domain.JavaModifier.FINAL;
}
