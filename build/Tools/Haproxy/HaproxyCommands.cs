using System.Globalization;
using Slipway.Routing;

namespace Slipway.Tools;

/// <summary>The command lines of HAProxy's admin socket that are used here.</summary>
public static class HaproxyCommands
{
    public const string ShowStat = "show stat";
    public const string ShowInfo = "show info";
    public const string ShowRequests = "show events requests";
    public const string ReadLayout = $"get var {HaproxyConfiguration.LayoutVariable}";
    public const string ReadStable = $"get var {HaproxyConfiguration.StableVariable}";

    /// <summary>HAProxy 2.6 wants to be told that variables at run time are meant.</summary>
    public static string SetStable(Slot slot) =>
        $"experimental-mode on; set var {HaproxyConfiguration.StableVariable} str({slot.Name()})";

    public static string SetWeight(string backend, string server, int weight) =>
        string.Create(CultureInfo.InvariantCulture, $"set server {backend}/{server} weight {weight}");

    public static string SetAddress(string backend, string server, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"set server {backend}/{server} addr 127.0.0.1 port {port}");

    public static string SetState(string backend, string server, ServerState state) =>
        $"set server {backend}/{server} state {state.ToString().ToLowerInvariant()}";
}

/// <summary>What an administrator asks of a server.</summary>
public enum ServerState
{
    Ready,
    Drain,
    Maint,
}
