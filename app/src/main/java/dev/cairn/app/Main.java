package dev.cairn.app;

import dev.cairn.app.command.CairnCommand;
import dev.cairn.app.command.Surroundings;
import dev.cairn.app.demo.DemoCommand;
import dev.cairn.app.demo.DoctorCommand;
import dev.cairn.app.log.LogForm;
import dev.cairn.app.server.BackupCommand;
import dev.cairn.app.server.CertificateCommand;
import dev.cairn.app.server.DirectAdmin;
import dev.cairn.app.server.InProcessServer;
import dev.cairn.app.server.RestoreCommand;
import dev.cairn.app.server.ServeCommand;
import dev.cairn.app.server.WarmUpCommand;
import java.nio.file.Path;

/** The {@code cairn} command. */
public final class Main {
  private Main() {}

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] arguments) {
    var surroundings = Surroundings.ofProcess();
    System.setProperty("CAIRN_LOG", LogForm.of(surroundings.variable("CAIRN_LOG")).word());
    if (arguments.length == 0 || !arguments[0].equals("serve")) {
      // A server in a command's own process has no log; what matters reaches the command itself.
      System.setProperty(
          "CAIRN_LOG_LEVEL", surroundings.variable("CAIRN_LOG_LEVEL").orElse("WARN"));
    }
    var server = new InProcessServer(surroundings.variable("CAIRN_CONFIG").map(Path::of));
    var admin = new DirectAdmin();
    var root = CairnCommand.commandLine(surroundings, server, admin);
    root.addSubcommand(new ServeCommand(surroundings));
    root.addSubcommand(new CertificateCommand(surroundings));
    root.addSubcommand(
        new DemoCommand(surroundings, admin, words -> CairnCommand.run(root, surroundings, words)));
    root.addSubcommand(new BackupCommand(surroundings));
    root.addSubcommand(new RestoreCommand(surroundings));
    root.addSubcommand(new DoctorCommand(surroundings));
    root.addSubcommand(new WarmUpCommand(server));
    System.exit(CairnCommand.run(root, surroundings, arguments));
  }
}
