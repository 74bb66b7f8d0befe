using System.Text.Json.Nodes;

namespace Slipway.EndToEnd.Tests;

/// <summary>Who serves at a checkout's sandbox, as its users see it.</summary>
internal static class ServedVersions
{
    /// <param name="region">Null for the only one.</param>
    public static Uri PublicUrl(this Checkout checkout, string? region = null)
    {
        var settings = Path.Combine(checkout.SandboxRoot, "sandbox.auto.tfvars.json");
        var port = JsonNode.Parse(File.ReadAllText(settings))!["http_ports"]![region ?? "default"]!.GetValue<int>();
        return new Uri($"http://127.0.0.1:{port}/");
    }

    /// <summary>The versions that a hundred requests through the load balancer meet; each must be answered.</summary>
    public static async Task<string[]> ServedAsync(this Checkout checkout, string? region = null)
    {
        using var client = new HttpClient
        {
            BaseAddress = checkout.PublicUrl(region),
            Timeout = TimeSpan.FromSeconds(5),
        };
        var versions = new SortedSet<string>(StringComparer.Ordinal);
        for (var request = 0; request < 100; request++)
        {
            using var answer = await client.GetAsync("api/health");
            answer.EnsureSuccessStatusCode();
            versions.Add(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["version"]!.GetValue<string>());
        }
        return [.. versions];
    }

    /// <summary>The same once everybody is answered; none when that does not come in time.</summary>
    public static async Task<string[]> EventuallyServedAsync(this Checkout checkout, TimeSpan limit)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await checkout.ServedAsync();
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                if (watch.Elapsed > limit)
                    return [];
            }
            await Task.Delay(100);
        }
    }
}
