using Slipway.Rollouts;

namespace Slipway.Tools;

/// <summary>GETs to instances, past the router: their answers are read to the end and thrown away.</summary>
/// <param name="http">Opens a connection for each request where the router does so: what is warmed up is what users meet.</param>
public sealed class InstanceCalls(HttpMessageInvoker http, TimeProvider time) : IInstanceCalls
{
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    public async Task<InstanceAnswer> AskAsync(Uri url, CancellationToken cancellation)
    {
        var asked = time.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var response = await http.SendAsync(request, limit.Token);
            await response.Content.CopyToAsync(Stream.Null, limit.Token);
            return new((int)response.StatusCode, Elapsed());
        }
        catch (Exception failure)
            when (failure is HttpRequestException or IOException
                || (failure is OperationCanceledException && !cancellation.IsCancellationRequested)
            )
        {
            return new(null, Elapsed());
        }

        double Elapsed() => time.GetElapsedTime(asked).TotalMilliseconds;
    }
}
