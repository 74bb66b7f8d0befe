using System.Net.Sockets;
using System.Text;
using Slipway.Tools;

namespace Slipway.EndToEnd.Tests.Faults;

/// <summary>What the sandbox's load balancer itself knows, asked at its admin socket.</summary>
internal static class HaproxyMemory
{
    public static string StableSlot(Checkout checkout) =>
        Ask(checkout, HaproxyCommands.ReadStable).Contains("green", StringComparison.Ordinal) ? "green" : "blue";

    /// <summary>The requests of this life of it that did not end well, as it logged them, and its servers now.</summary>
    public static string Trouble(Checkout checkout)
    {
        try
        {
            var requests = Ask(checkout, HaproxyCommands.ShowRequests)
                .Split('\n')
                .Where(line =>
                    line.Split(' ') is ["req", _, _, _, var status, ..] && status is not ['2' or '3' or '4', ..]
                );
            var servers = Ask(checkout, HaproxyCommands.ShowStat)
                .Split('\n')
                .Select(line => string.Join(' ', line.Split(',').Take(24)));
            return string.Join('\n', requests) + "\n" + string.Join('\n', servers);
        }
        catch (SocketException dead)
        {
            return $"the load balancer does not answer: {dead.Message}";
        }
    }

    private static string Ask(Checkout checkout, string command)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(checkout.SandboxRoot, "haproxy", "admin.sock")));
        using var stream = new NetworkStream(socket);
        stream.Write(Encoding.ASCII.GetBytes(command + "\n"));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
